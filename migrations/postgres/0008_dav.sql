-- WebDAV's locks (RFC 4918, 6), which the whole product honours, and the properties that clients put on nodes.

-- deep: also all below the node. owner: the XML by which the client says whose it is. The token is urn:uuid: and the id.
CREATE TABLE locks (
    id         UUID PRIMARY KEY NOT NULL,
    node_id    UUID NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    space_id   UUID NOT NULL REFERENCES spaces (id) ON DELETE CASCADE,
    user_id    UUID NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    exclusive  BOOLEAN NOT NULL,
    deep       BOOLEAN NOT NULL,
    owner      TEXT NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL
);
CREATE INDEX locks_of_node ON locks (node_id);
CREATE INDEX locks_of_space ON locks (space_id);
CREATE INDEX locks_of_user ON locks (user_id);

-- value: the whole element, with every namespace that it needs declared in it.
CREATE TABLE node_properties (
    node_id   UUID NOT NULL REFERENCES nodes (id) ON DELETE CASCADE,
    namespace TEXT NOT NULL,
    name      TEXT NOT NULL,
    value     TEXT NOT NULL,
    PRIMARY KEY (node_id, namespace, name)
);
