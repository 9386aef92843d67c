"""The leash: becomes another program that ends when its parent ends, if need be under another account.

Usage: python -I -S leash.py PARENT SIGNAL ACCOUNT PROGRAM [ARGUMENT...]

PARENT is the pid of the process that starts us, SIGNAL the number that the kernel sends when it is gone, and
ACCOUNT is `uid:gid` or `-`. A program of its own, because the kernel forgets the order when the account changes
and because Python code between fork and exec may lock up in a process with threads. It imports the standard
library alone: the account must be able to go on where it cannot read our own files.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
CANNOT_EXECUTE = 126
"""The exit code, as in a shell, when the account may not execute the program."""


def end_with(parent: int, signal: int) -> None:
    """Asks the kernel for `signal` when `parent` is gone.

    Raises:
        ProcessLookupError: it is gone already.
        OSError: the kernel refuses.
    """
    kernel = ctypes.CDLL(None, use_errno=True)
    if kernel.prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    if os.getppid() != parent:
        raise ProcessLookupError(f"the parent process {parent} is gone")


def change_account(account: str) -> None:
    """Becomes the account `uid:gid` for good."""
    uid, gid = map(int, account.split(":"))
    os.setgroups([])
    os.setgid(gid)
    os.setuid(uid)


def main(parent: str, signal: str, account: str, program: str, *arguments: str) -> None:
    """Changes the account, puts the leash on, and becomes the program."""
    if account != "-":
        change_account(account)
    end_with(int(parent), int(signal))
    try:
        os.execv(program, [program, *arguments])  # noqa: S606 - replacing itself is what a leash is for
    except OSError as fault:
        sys.stderr.write(f"cannot execute {program}: {fault.strerror}\n")
        sys.exit(CANNOT_EXECUTE)


if __name__ == "__main__":
    main(*sys.argv[1:])
