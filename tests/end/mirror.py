"""A mirror on 127.0.0.1 that behaves as the first part of the path says: /good/alpha.gz, /cut/alpha.gz, …

Prints its port, and appends a line per request to the file that it is given.
"""

import gzip
import hashlib
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def contents(name):
    """3,200 bytes that do not compress; test_fetch.c knows their SHA-256."""
    return b"".join(hashlib.sha256(name.encode() + bytes([i])).digest() for i in range(100))


class Mirror(BaseHTTPRequestHandler):
    def do_GET(self):
        wanted = self.headers.get("Range")
        with open(sys.argv[1], "a") as log:
            log.write(f"{self.path} {wanted or ''}".rstrip() + "\n")
        _, behaviour, file = self.path.split("/")
        whole = gzip.compress(contents(file.removesuffix(".gz")), mtime=0)
        getattr(self, behaviour)(whole, int(wanted[len("bytes=") : -1]) if wanted else 0)

    def reply(self, status, body, length=None, **headers):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        self.wfile.write(body)

    def good(self, whole, start):
        if start >= len(whole):
            self.reply(416, b"", Content_Range=f"bytes */{len(whole)}")
        elif start > 0:
            self.reply(206, whole[start:], Content_Range=f"bytes {start}-{len(whole) - 1}/{len(whole)}")
        else:
            self.reply(200, whole)

    def without_ranges(self, whole, start):
        self.reply(200, whole)

    def cut(self, whole, start):
        self.reply(200, whole[:1000], length=len(whole))

    def truncated(self, whole, start):
        self.reply(200, whole[:1000])

    def html(self, whole, start):
        self.reply(200, b"\n<!DOCTYPE html><title>Sign in</title>\n")

    def wrong(self, whole, start):
        self.reply(200, gzip.compress(b"something else"))

    def moved(self, whole, start):
        self.reply(302, b"", Location=self.path.replace("moved", "good"))

    def elsewhere(self, whole, start):
        self.reply(302, b"", Location="file:///etc/passwd")

    def missing(self, whole, start):
        self.reply(404, b"<html>not here</html>")

    def huge(self, whole, start):
        self.reply(200, b"", length=1 << 30)

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
print(server.server_port, flush=True)
server.serve_forever()
