"""The Chromium that the browser tests drive: found on this machine, or installed where that is allowed.

Run as a script it makes sure that there is one; the tests call `executable`.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NOWHERE = (
    "The browser tests need Chromium, and none is on the path. Install it (on Debian: `sudo apt-get install chromium`)"
    " or name one that you have: `CHROMIUM=/path/to/chromium make test`."
)


class ChromiumMissingError(Exception):
    """There is no Chromium here; the message says how to get one."""


def executable() -> Path:
    """The Chromium to drive: the one that the variable CHROMIUM names, else the one on the path.

    Raises:
        ChromiumMissingError: when there is none.
    """
    named = os.environ.get("CHROMIUM")
    found = shutil.which(named or "chromium")
    if found is not None:
        return Path(found)
    if named:
        raise ChromiumMissingError(f"CHROMIUM is '{named}', and that is no program that runs here. Name another one.")
    raise ChromiumMissingError(NOWHERE)


def install() -> None:
    """Installs Debian's Chromium, as root or as someone who may become root without a password.

    Raises:
        ChromiumMissingError: when this machine does not allow it, or its package source does not answer.
    """
    if shutil.which("apt-get") is None:
        raise ChromiumMissingError(NOWHERE)
    sudo = () if os.geteuid() == 0 else ("sudo", "--non-interactive")
    if sudo and (shutil.which("sudo") is None or subprocess.run([*sudo, "true"], check=False).returncode != 0):
        raise ChromiumMissingError(NOWHERE)
    sys.stderr.write("Installing Chromium for the browser tests (once; a minute or two)\n")
    # A fresh image has no lists of packages, and perhaps no font that could show a page's text.
    for step in (["update"], ["install", "chromium", "fonts-liberation"]):
        words = [*sudo, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "--quiet", "--yes", *step]
        run = subprocess.run(words, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        if run.returncode != 0:
            raise ChromiumMissingError(f"{run.stdout}\nChromium could not be installed; apt-get says why above.")


def main() -> None:
    """Makes sure that there is a Chromium, or says what to do."""
    try:
        executable()
    except ChromiumMissingError as missing:
        if os.environ.get("CHROMIUM"):
            sys.exit(str(missing))
        try:
            install()
        except ChromiumMissingError as refused:
            sys.exit(str(refused))


if __name__ == "__main__":
    main()
