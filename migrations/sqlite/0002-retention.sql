CREATE INDEX reports_by_time ON reports (made_ms);
CREATE INDEX changes_by_age ON changes (at_ms);
