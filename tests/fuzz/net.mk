# What comes from hosts outside, below TLS, and what is said of them.
# (dns_fuzz hunts in the host's C library, which has the same functions; the
# target's own is under tests/unit/net/dns_test.)
FUZZ += dns_fuzz hosts_fuzz remote_fuzz tls_der_fuzz

dns_fuzz_SRCS     = net/dns.c
dns_fuzz_CPPFLAGS = -Wl,--no-as-needed,-lresolv
hosts_fuzz_SRCS   = net/hosts.c
remote_fuzz_SRCS  = config/remote.c config/address.c
tls_der_fuzz_SRCS = net/tls_der.c
