-- The batch a change belongs to: bulk edits, imports and other named sets of changes that are shown and undone together.
ALTER TABLE gx_history ADD COLUMN batch BIGINT;
CREATE INDEX gx_history_batch ON gx_history (batch, id);
