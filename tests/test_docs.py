"""What the documents say is true today."""

from generator.problems import catalogue
from tools.document_messages import ROOMS, TARGET, page


def test_every_message_is_explained_by_its_number() -> None:
    assert TARGET.read_text(encoding="utf-8") == page(), "run: python -m tools.document_messages"


def test_every_message_belongs_to_a_room() -> None:
    assert {message.number[0] for message in catalogue().values()} <= ROOMS.keys()
