"""Asks the agent from inside its namespace: ``python -m tests.soak.scraping ADDRESS:PORT``.

A line on stdin is a path; its answer is one line of JSON, the status and the body.
"""

import http.client
import json
import sys


def asked(place: str, path: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection(place, timeout=5)
    try:
        connection.request("GET", path)
        reply = connection.getresponse()
        return reply.status, reply.read().decode()
    except OSError as error:
        return 0, str(error)
    finally:
        connection.close()


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(asked(sys.argv[1], line.strip())), flush=True)
