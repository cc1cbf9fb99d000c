# make docs: what is generated from tables.
