# make bench: side by side with peers, in one run; see tests/bench/README.md
