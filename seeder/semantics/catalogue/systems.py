"""What systems write about themselves: addresses, files, payloads."""

from __future__ import annotations

from seeder.semantics.entry import entry as e

# fmt: off
# A table of data: filled lines show more of it than one argument a line.
SYSTEMS = (
    # What systems write.
    e(
        "net.ip",
        "ip|ip address|client ip|remote address|source ip|remote ip|host ip|workstation ip|"
        "client address|address ip", "net.ip", "text inet",
    ),
    e(
        "net.host",
        "host|host name|hostname|server|server name|workstation|workstation id|machine|terminal|"
        "=node|computer|computer name|device name host|workstation name", "net.host",
    ),
    e("net.agent", "user agent|browser|client agent|=agent", "net.agent"),
    e("net.path", "request path|request url|path url|route path|resource path", "contact.url"),
    e("id.mac", "mac address|mac|hardware address", "id.mac", "text macaddr"),
    e(
        "file.path",
        "file path|path|file location|storage path|document path|image file|attachment path|"
        "object key|s3 key|storage key|blob path|file uri|=attachment|storage location|"
        "source documentation reference|cdm etl reference", "file.path",
    ),
    e(
        "file.name", "file name|filename|document name|attachment name|original filename|=file",
        "file.name",
    ),
    e(
        "file.mime", "mime type|content type|media type|mimetype|file type|file format",
        "status.word", of="mime",
    ),
    e("net.protocol", "protocol|message format|message standard", "status.word", of="protocol"),
    e(
        "log.table",
        "table name|entity name|object name|relation name|resource type|entity type|entity|"
        "object type|record type|target table|resource|target type|source table|event table|"
        "module|=schema", "net.table",
    ),
    e(
        "json.payload",
        "payload|metadata|=data|attribute|setting|preference|extra|details json|=raw|raw message|"
        "message body json|custom field|old value|new value|old data|new data|before|after|"
        "context|properties|=json|configuration|option|extension|response body|request body|"
        "changed data|change|diff|row data|old row|new row|address json|content json|=values|"
        "parameters", "json.payload", "json",
    ),
    e(
        "json.payload",
        "payload|=metadata|metadata json|raw message|old value|new value|old data|new data|"
        "request body|response body|row data|old values|new values", "json.payload", "text",
    ),
)
# fmt: on
