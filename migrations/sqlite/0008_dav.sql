-- WebDAV's locks (RFC 4918, 6), which the whole product honours, and the properties that clients put on nodes.

-- deep: also all below the node. owner: the XML by which the client says whose it is. The token is urn:uuid: and the id.
CREATE TABLE locks (
    id         BLOB PRIMARY KEY NOT NULL,
    node_id    BLOB NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    space_id   BLOB NOT NULL REFERENCES spaces (id) ON DELETE CASCADE,
    user_id    BLOB NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    exclusive  INTEGER NOT NULL,
    deep       INTEGER NOT NULL,
    owner      TEXT NOT NULL,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
) STRICT;
CREATE INDEX locks_of_node ON locks (node_id);
CREATE INDEX locks_of_space ON locks (space_id);
CREATE INDEX locks_of_user ON locks (user_id);

-- value: the whole element, with every namespace that it needs declared in it.
CREATE TABLE node_properties (
    node_id   BLOB NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    namespace TEXT NOT NULL,
    name      TEXT NOT NULL,
    value     TEXT NOT NULL,
    PRIMARY KEY (node_id, namespace, name)
) STRICT;
