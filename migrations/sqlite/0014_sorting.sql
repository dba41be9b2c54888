-- Folders sorted by size and by the time of change, a page at a time, in both directions.
CREATE INDEX listing_by_size ON nodes (parent_id, kind, size, id) WHERE trashed_at IS NULL;
CREATE INDEX listing_by_change ON nodes (parent_id, kind, changed_at, id) WHERE trashed_at IS NULL;
