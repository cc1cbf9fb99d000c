# picohttpparser: the head of an HTTP message, one source file.
archive picohttpparser "" picohttpparser.c
install_headers picohttpparser.h
install_sources picohttpparser picohttpparser.c picohttpparser.h
