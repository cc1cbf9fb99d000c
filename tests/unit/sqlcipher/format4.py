#!/usr/bin/python3
"""SQLCipher's file format 4, read and written without SQLCipher.

    format4.py read FILE KEY     print column a of table t, line by line
    format4.py write FILE KEY    make a database with one row, "from python"

KEY is a passphrase, or x'64 hexadecimal digits' for a raw key.  A page is
ciphertext, IV (16), HMAC-SHA512 (64); the first begins with the salt in place
of SQLite's 16 header bytes.  The tag covers ciphertext, IV and page number.
"""
import hashlib
import hmac
import os
import sqlite3
import struct
import sys

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

PAGE, RESERVE, ROUNDS = 4096, 80, 256000
MAGIC = b"SQLite format 3\0"


def derive(key, salt):
    """The cipher key and the tag key."""
    if key.startswith("x'"):
        cipher_key = bytes.fromhex(key[2:-1])
    else:
        cipher_key = hashlib.pbkdf2_hmac("sha512", key.encode(), salt,
                                         ROUNDS, 32)
    tag_salt = bytes(b ^ 0x3A for b in salt)
    return cipher_key, hashlib.pbkdf2_hmac("sha512", cipher_key, tag_salt,
                                           2, 32)


def tag_of(tag_key, body, number):
    return hmac.new(tag_key, body + struct.pack("<I", number),
                    "sha512").digest()


def decrypt(data, key):
    cipher_key, tag_key = derive(key, data[:16])
    plain = b""
    for at in range(0, len(data), PAGE):
        page, number = data[at:at + PAGE], at // PAGE + 1
        start = 16 if number == 1 else 0
        body, iv = page[start:PAGE - RESERVE], page[PAGE - 80:PAGE - 64]
        if tag_of(tag_key, body + iv, number) != page[PAGE - 64:]:
            sys.exit(f"page {number}: the tag does not match")
        aes = Cipher(algorithms.AES(cipher_key), modes.CBC(iv)).decryptor()
        plain += (MAGIC if number == 1 else b"") + aes.update(body)
        plain += bytes(RESERVE)
    return plain


def encrypt(plain, key):
    salt = os.urandom(16)
    cipher_key, tag_key = derive(key, salt)
    out = b""
    for at in range(0, len(plain), PAGE):
        page, number, iv = plain[at:at + PAGE], at // PAGE + 1, os.urandom(16)
        start = 16 if number == 1 else 0
        aes = Cipher(algorithms.AES(cipher_key), modes.CBC(iv)).encryptor()
        body = aes.update(page[start:PAGE - RESERVE])
        out += (salt if number == 1 else b"") + body + iv
        out += tag_of(tag_key, body + iv, number)
    return out


def read(path, key):
    with open(path, "rb") as file:
        plain = decrypt(file.read(), key)
    db = sqlite3.connect(":memory:")
    db.deserialize(plain)
    for (text,) in db.execute("SELECT a FROM t"):
        print(text)


def write(path, key):
    # An empty database with the 80 bytes reserved that SQLCipher needs: the
    # header's byte 20, and where the first page's cells end.
    empty = sqlite3.connect(":memory:")
    empty.executescript("PRAGMA page_size=4096; CREATE TABLE t (a TEXT);"
                        "DROP TABLE t; VACUUM")
    page = bytearray(empty.serialize())
    page[20] = RESERVE
    page[105:107] = struct.pack(">H", PAGE - RESERVE)
    db = sqlite3.connect(":memory:")
    db.deserialize(bytes(page))
    db.executescript("CREATE TABLE t (a TEXT);"
                     "INSERT INTO t VALUES ('from python')")
    with open(path, "wb") as file:
        file.write(encrypt(db.serialize(), key))


{"read": read, "write": write}[sys.argv[1]](*sys.argv[2:])
