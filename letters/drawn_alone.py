"""How does somebody else's page look, if drawing it may crash, hang or take all memory?  Run as a program of its own, it can only harm itself.

Reads a PDF from standard input and writes its first page in shades of grey (PGM) to standard output; the one argument is the dpi.
"""

import resource
import sys

import pypdfium2 as pdfium

MOST_MEMORY = 2_000_000_000
"""Bytes of addresses: a page with 150 MB of pictures takes a third of it."""
MOST_SECONDS = 10
"""Of processor time; company paper takes 0.1."""


def main() -> None:
    """Draw the page within limits that the system enforces."""
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    document = pdfium.PdfDocument(sys.stdin.buffer.read())
    picture = document[0].render(scale=int(sys.argv[1]) / 72, grayscale=True).to_pil().convert("L")
    sys.stdout.buffer.write(b"P5 %d %d 255\n" % picture.size + picture.tobytes())


if __name__ == "__main__":
    main()
