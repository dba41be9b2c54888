-- Team spaces: groups as members, an archive, and how much a space may hold.

ALTER TABLE spaces ADD COLUMN description TEXT NOT NULL DEFAULT '';
-- From then on nothing in it changes.
ALTER TABLE spaces ADD COLUMN archived_at TIMESTAMPTZ;
-- Bytes that it may hold; NULL: what the instance says.
ALTER TABLE spaces ADD COLUMN quota BIGINT;
-- Bytes of every version that is kept, also in the trash.
ALTER TABLE spaces ADD COLUMN used BIGINT NOT NULL DEFAULT 0;
-- Versions of a file and days of the trash that are kept; NULL: what the instance says.
ALTER TABLE spaces ADD COLUMN keep_versions BIGINT;
ALTER TABLE spaces ADD COLUMN keep_trash_days BIGINT;
UPDATE spaces SET used = (SELECT COALESCE(SUM(v.size), 0) FROM nodes n JOIN versions v ON v.node_id = n.id WHERE n.space_id = spaces.id);

CREATE TABLE space_groups (
    space_id UUID NOT NULL REFERENCES spaces (id),
    group_id UUID NOT NULL REFERENCES groups (id) ON DELETE CASCADE,
    role     TEXT NOT NULL CHECK (role IN ('manager', 'editor', 'viewer', 'uploader')),
    PRIMARY KEY (space_id, group_id)
);
CREATE INDEX spaces_of_group ON space_groups (group_id);

-- What everybody may do in which space, by themselves and by each of their groups: 1 uploader, 2 viewer, 3 editor, 4 manager. The
-- greatest counts.
CREATE VIEW space_rights (space_id, user_id, role_rank) AS
    SELECT space_id, user_id, CASE role WHEN 'manager' THEN 4 WHEN 'editor' THEN 3 WHEN 'viewer' THEN 2 ELSE 1 END FROM space_members
    UNION ALL
    SELECT g.space_id, m.user_id, CASE g.role WHEN 'manager' THEN 4 WHEN 'editor' THEN 3 WHEN 'viewer' THEN 2 ELSE 1 END
    FROM space_groups g JOIN group_members m ON m.group_id = g.group_id;
