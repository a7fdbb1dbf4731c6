-- With whose eyes an administrator's session looks at the application, as a JSON object; null is with their own.
ALTER TABLE gx_session ADD COLUMN viewing TEXT;
