"""How sensitive each field of a reply is; said where the field is named, as its annotation.

A recording keeps what is annotated and drops the rest; a redacted one turns every value into what
its class allows (``diagnose.bundle``). A field that may hold text without one of these classes does
not exist: ``tests/test_house.py`` refuses it. Numbers and truth values are public.
"""

from typing import Annotated

from checks.words import Word


class Sensitivity(Word):
    """What a text may give away, hence what stands for it in a redacted recording."""

    PUBLIC = "public"  # a word of a protocol, a version, a state: kept
    NAME = "name"  # chosen by people: a user, a plug-in, a resource without its id
    HOST = "host"  # a DNS name or an address, with or without a port
    ADDRESS = "address"  # an IP address, a range, or a service tag in its place
    RESOURCE = "resource"  # an ARM id or path, whole or from /providers on
    IDENTITY = "identity"  # a tenant's, client's or object's id: a GUID, or a resource id
    URL = "url"  # kept without credentials and query
    IMAGE = "image"  # HOST/REPOSITORY:TAG, or a repository alone
    REFERENCE = "reference"  # a tag or a digest
    FILE = "file"  # a path on the machine, which may name its people
    SUBJECT = "subject"  # a certificate's RFC 4514 subject or issuer
    HEADERS = "headers"  # HTTP headers: those on a list, each with a class of its own
    BODY = "body"  # an HTTP body: by what was asked, field for field
    PROSE = "prose"  # words of another program: names, ids and addresses in it are replaced


Public = Annotated[str, Sensitivity.PUBLIC]
Name = Annotated[str, Sensitivity.NAME]
HostName = Annotated[str, Sensitivity.HOST]
Address = Annotated[str, Sensitivity.ADDRESS]
Resource = Annotated[str, Sensitivity.RESOURCE]
Identity = Annotated[str, Sensitivity.IDENTITY]
Url = Annotated[str, Sensitivity.URL]
Image = Annotated[str, Sensitivity.IMAGE]
Reference = Annotated[str, Sensitivity.REFERENCE]
File = Annotated[str, Sensitivity.FILE]
Subject = Annotated[str, Sensitivity.SUBJECT]
Headers = Annotated[dict[str, str], Sensitivity.HEADERS]
Body = Annotated[bytes, Sensitivity.BODY]
Prose = Annotated[str, Sensitivity.PROSE]
