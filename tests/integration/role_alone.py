"""role_alone.py -- a role without guichetd, for tests: started with what it
inherits and without io_uring, as the supervisor starts it; and its end.
"""
import ctypes
import fcntl
import os
import struct
import subprocess

FIRST = 3               # of the inherited descriptors


def refuse_io_uring():
    """As the supervisor does for every role (os/deny.h): ENOSYS."""
    rows = struct.pack("HBBI" * 4,
                       0x20, 0, 0, 0,                   # load the call's number
                       0x15, 0, 1, 425,                 # io_uring_setup?
                       0x06, 0, 0, 0x00050000 | 38,     # ENOSYS
                       0x06, 0, 0, 0x7fff0000)          # allow
    table = ctypes.create_string_buffer(rows)
    program = struct.pack("HxxxxxxP", 4, ctypes.addressof(table))
    libc = ctypes.CDLL(None)
    libc.prctl(38, 1, 0, 0, 0)                          # no_new_privs
    libc.prctl(22, 2, program, 0, 0)                    # a filter


def start_role(command, inherited, **options):
    """`inherited`: descriptors that become its 3, 4, 5...; no environment.
    `options`: as of subprocess.Popen."""
    # Out of the way of the numbers they shall have.
    ends = [fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, 100) for fd in inherited]

    def place():
        for number, end in enumerate(ends, FIRST):
            os.dup2(end, number)
        refuse_io_uring()
    try:
        # pass_fds would want those numbers open in this process, too, and with
        # several threads they are by chance only.
        return subprocess.Popen(command, env={}, preexec_fn=place, close_fds=False, **options)
    finally:
        for end in ends:
            os.close(end)


def wait_end(process, seconds=5):
    """Of a process that was asked to end, or has nobody left to serve; one that
    does not is killed."""
    try:
        process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
