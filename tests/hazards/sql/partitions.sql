-- Partitioned by range, list and hash, on several levels, with keys on partitions only.
CREATE TABLE member (id bigint PRIMARY KEY, name text NOT NULL);
CREATE TABLE event (
  id bigint GENERATED ALWAYS AS IDENTITY, happened date NOT NULL, member_id bigint NOT NULL REFERENCES member, kind text NOT NULL,
  PRIMARY KEY (id, happened)
) PARTITION BY RANGE (happened);
CREATE TABLE event_2023 PARTITION OF event FOR VALUES FROM ('2023-01-01') TO ('2024-01-01');
CREATE TABLE event_2024 PARTITION OF event FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE event_2025 PARTITION OF event FOR VALUES FROM ('2025-01-01') TO ('2026-01-01');
CREATE INDEX event_kind ON event (kind);
CREATE INDEX event_2024_only ON event_2024 (member_id);
CREATE TABLE remark (id integer PRIMARY KEY, event_id bigint, happened date, body text, FOREIGN KEY (event_id, happened) REFERENCES event);
CREATE TABLE region (code text NOT NULL, id integer NOT NULL, v text) PARTITION BY LIST (code);
CREATE TABLE region_north PARTITION OF region FOR VALUES IN ('n', 'ne', 'nw');
CREATE TABLE region_south PARTITION OF region FOR VALUES IN ('s', 'it''s south');
CREATE TABLE spread (id uuid NOT NULL, v text, PRIMARY KEY (id)) PARTITION BY HASH (id);
CREATE TABLE spread_0 PARTITION OF spread FOR VALUES WITH (MODULUS 3, REMAINDER 0);
CREATE TABLE spread_1 PARTITION OF spread FOR VALUES WITH (MODULUS 3, REMAINDER 1);
CREATE TABLE spread_2 PARTITION OF spread FOR VALUES WITH (MODULUS 3, REMAINDER 2);
-- Two levels: years, and in them kinds; the bounds of both count.
CREATE TABLE fact (id bigint NOT NULL, year integer NOT NULL, kind char(1) NOT NULL, v numeric(8,2)) PARTITION BY RANGE (year);
CREATE TABLE fact_early PARTITION OF fact FOR VALUES FROM (2000) TO (2010) PARTITION BY LIST (kind);
CREATE TABLE fact_early_a PARTITION OF fact_early FOR VALUES IN ('a');
CREATE TABLE fact_early_b PARTITION OF fact_early FOR VALUES IN ('b', 'c');
CREATE TABLE fact_late PARTITION OF fact FOR VALUES FROM (2010) TO (2020) PARTITION BY LIST (kind);
CREATE TABLE fact_late_b PARTITION OF fact_late FOR VALUES IN ('b');
CREATE TABLE fact_late_c PARTITION OF fact_late FOR VALUES IN ('c');
-- Several columns at once.
CREATE TABLE grid (x integer NOT NULL, y integer NOT NULL, v text) PARTITION BY RANGE (x, y);
CREATE TABLE grid_1 PARTITION OF grid FOR VALUES FROM (0, 0) TO (10, 5);
CREATE TABLE grid_2 PARTITION OF grid FOR VALUES FROM (10, 5) TO (20, MAXVALUE);
-- With a default partition everything fits.
CREATE TABLE anything (id integer, v text) PARTITION BY LIST (v);
CREATE TABLE anything_a PARTITION OF anything FOR VALUES IN ('a');
CREATE TABLE anything_else PARTITION OF anything DEFAULT;
-- Keys that only the partitions declare.
CREATE TABLE unit (id integer PRIMARY KEY, v text);
CREATE TABLE chart (item integer NOT NULL, unit_id integer, member_id bigint, v text) PARTITION BY RANGE (item);
CREATE TABLE chart_1 PARTITION OF chart FOR VALUES FROM (1) TO (50);
CREATE TABLE chart_2 PARTITION OF chart FOR VALUES FROM (50) TO (100);
ALTER TABLE chart_1 ADD FOREIGN KEY (unit_id) REFERENCES unit;
ALTER TABLE chart_2 ADD FOREIGN KEY (member_id) REFERENCES member;
-- Gaps, and a list with NULL.
CREATE TABLE gaps (d date NOT NULL, v text) PARTITION BY RANGE (d);
CREATE TABLE gaps_1 PARTITION OF gaps FOR VALUES FROM ('2020-01-01') TO ('2020-07-01');
CREATE TABLE gaps_2 PARTITION OF gaps FOR VALUES FROM ('2024-01-01') TO ('2025-01-01');
CREATE TABLE maybe (k text, v text) PARTITION BY LIST (k);
CREATE TABLE maybe_null PARTITION OF maybe FOR VALUES IN (NULL, 'x');
CREATE TABLE maybe_y PARTITION OF maybe FOR VALUES IN ('y');
-- A key that a partitioned table divides itself by.
CREATE TABLE tenant (id integer PRIMARY KEY CHECK (id BETWEEN 1 AND 4), v text);
CREATE TABLE per_tenant (tenant_id integer NOT NULL REFERENCES tenant, v text) PARTITION BY LIST (tenant_id);
CREATE TABLE per_tenant_12 PARTITION OF per_tenant FOR VALUES IN (1, 2);
CREATE TABLE per_tenant_34 PARTITION OF per_tenant FOR VALUES IN (3, 4);
-- A key that may be NULL by itself, and may not by its partitions.
CREATE TABLE item (id integer PRIMARY KEY, v text);
CREATE TABLE reading (item_id integer REFERENCES item, v text) PARTITION BY RANGE (item_id);
CREATE TABLE reading_1 PARTITION OF reading FOR VALUES FROM (1) TO (100);
CREATE TABLE reading_2 PARTITION OF reading FOR VALUES FROM (100) TO (1000000);
