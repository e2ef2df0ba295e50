"""A server that lies, on loopback. Raw sockets, because a proper server library cannot lie about lengths."""

import socket
import threading
import time


class Server:
    """Listens on a free loopback port; the path's first word chooses the behaviour."""

    def __init__(self, behaviours, context=None):
        self.behaviours, self.context = behaviours, context
        self.listening = socket.create_server(("127.0.0.1", 0), backlog=200)
        self.port = self.listening.getsockname()[1]
        self.requests = []
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                conn, _ = self.listening.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(conn,), daemon=True).start()

    def _serve(self, conn):
        try:
            if self.context:
                conn = self.context.wrap_socket(conn, server_side=True)
            request = b""
            while b"\r\n\r\n" not in request:
                if not (data := conn.recv(4096)):
                    return
                request += data
            self.requests.append(request.decode("latin-1"))
            self.behaviours[request.split(b" ")[1].decode().strip("/")](conn, request)
        except (OSError, KeyError):
            pass
        finally:
            conn.close()


def stub_resolver(host, port):
    if host.endswith(".void.test"):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    if host == "slow.test":
        time.sleep(5)
    if host == "internal.test":
        return ["10.0.0.5", "fd00::5"]
    if host.endswith(".test"):
        return ["127.0.0.1"]
    return list({info[4][0] for info in socket.getaddrinfo(host, port)})  # numbers only
