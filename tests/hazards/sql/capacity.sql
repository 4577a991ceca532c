-- Sets that are unique over few parents, over a part of the rows, or over what documents say.
CREATE TABLE record (id uuid PRIMARY KEY, created_at timestamptz NOT NULL);
CREATE TABLE record_version (
  record_id uuid NOT NULL REFERENCES record, sys_version integer NOT NULL, data jsonb NOT NULL,
  node integer NOT NULL, PRIMARY KEY (record_id, node, sys_version)
);
CREATE UNIQUE INDEX record_version_first ON record_version (record_id, node) WHERE sys_version = 1;
CREATE TABLE document (
  id uuid PRIMARY KEY, record_id uuid NOT NULL REFERENCES record, num integer NOT NULL, payload jsonb NOT NULL,
  body jsonb NOT NULL
);
CREATE UNIQUE INDEX document_subject ON document
  ((((payload -> 'subject'::text) -> 'id'::text) ->> 0), ((payload -> 'subject') ->> 'ns')) WHERE num = 0;
CREATE UNIQUE INDEX document_link ON document ((body ->> 'link'));
-- A junction of lists, of which there are few rows, and of what the other keys lead to.
CREATE TABLE area (id integer PRIMARY KEY, name text NOT NULL);
CREATE TABLE staff_member (id integer PRIMARY KEY, area_id integer NOT NULL REFERENCES area, name text NOT NULL);
CREATE TABLE access_role (id integer PRIMARY KEY, name text NOT NULL UNIQUE CHECK (name IN ('read', 'write')));
CREATE TABLE role_given (
  id integer PRIMARY KEY, staff_id integer NOT NULL REFERENCES staff_member, role_id integer NOT NULL REFERENCES access_role,
  area_id integer REFERENCES area, UNIQUE (role_id, area_id)
);
CREATE TABLE trial_arm (id integer PRIMARY KEY, label varchar(1) NOT NULL UNIQUE CHECK (label ~ '^[A-C]$'));
CREATE TABLE arm_choice (
  id bigint PRIMARY KEY, arm_id integer NOT NULL REFERENCES trial_arm, flag boolean NOT NULL,
  UNIQUE (arm_id, flag)
);
