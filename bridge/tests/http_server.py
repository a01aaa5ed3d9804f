#!/usr/bin/python3
"""A small HTTP/1.1 server for tests of clients, on a free port of 127.0.0.1.

It prints its port, and ends when its standard input does. What is PUT at
/store/NAME is what GET /store/NAME gives. /moved/NAME redirects a PUT there
once it has the body; so does /locked/NAME to who shows a password. POST /form
stores each part of the form under its name.
"""
import email
import email.policy
import http.server
import sys
import threading

stored = {}


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *args):
        pass

    def chunks(self):
        while size := int(self.rfile.readline().split(b";")[0], 16):
            yield self.rfile.read(size)
            self.rfile.readline()
        self.rfile.readline()

    def body(self):
        if self.headers["Transfer-Encoding"] == "chunked":
            return b"".join(self.chunks())
        size = int(self.headers["Content-Length"])
        body = self.rfile.read(size)
        if len(body) < size:
            raise EOFError("the client has gone")
        return body

    def answer(self, code, body=b"", **headers):
        self.send_response(code)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_PUT(self):
        _, place, name = self.path.split("/")
        body = self.body()
        if place == "moved":
            self.answer(307, Location=f"/store/{name}")
        elif place == "locked" and not self.headers["Authorization"]:
            self.answer(401, WWW_Authenticate='Basic realm="tests"')
        else:
            stored[name] = body
            self.answer(201)

    def do_POST(self):
        head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n"
        form = email.message_from_bytes(head.encode() + self.body(),
                                        policy=email.policy.HTTP)
        for part in form.iter_parts():
            name = part.get_param("name", header="Content-Disposition")
            stored[name] = part.get_payload(decode=True)
        self.answer(201)

    def do_GET(self):
        self.answer(200, stored[self.path.split("/")[-1]])


class Server(http.server.ThreadingHTTPServer):
    def handle_error(self, request, client_address):
        """Clients that break off are among what is tested."""


server = Server(("127.0.0.1", 0), Handler)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_port, flush=True)
sys.stdin.read()
