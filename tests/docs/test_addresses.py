"""Every address of the API that the documents name is one of this API."""

import re

import pytest
from django.urls import resolve

from annotator.errors import not_found
from tests.docs.documents import DOCUMENTS

# What stands for an id, a number or a name; which of them, an address tells when it is resolved.
PLACE = re.compile(r"\$[A-Z]+|\b[A-Z]{2,}\b|<\w+>")
FILLED = ("1", "00000000-0000-0000-0000-000000000001", "name")


def addresses(document):
    found = re.findall(r"(?<!src)/api/[^\s`\"'?)\]]+", document.read_text())
    return {address.rstrip(".,;:") for address in found}


NAMED = [(document.name, address) for document in DOCUMENTS for address in addresses(document)]


def is_known(address):
    filled = (PLACE.sub(value, address) for value in FILLED)
    return any(resolve(path).func is not not_found for path in filled)


@pytest.mark.parametrize(("document", "address"), sorted(NAMED))
def test_it_is_an_address_of_the_api(document, address):
    assert is_known(address), f"{document} names {address}, which does not exist"


def test_an_invented_address_is_found_out():
    assert not is_known("/api/projects/ID/nothing")
