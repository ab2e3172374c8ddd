"""Backup and restore: database and files of one moment, checked row by row. Without Django.

A backup is a directory `huiyin-<time>` that appears under this name only when it is whole:

    database.dump   pg_dump's custom format, of one snapshot
    files/          photos, as they lie under HUIYIN_DATA/files
    manifest.json   versions, migrations, rows and checksum of each table within the same snapshot, key fingerprints
    SHA256SUMS      of all of these, as `sha256sum -c` reads it

Keys are never in it.
"""
