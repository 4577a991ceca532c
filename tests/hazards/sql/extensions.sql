-- Types of extensions.
-- needs: citext hstore ltree
CREATE TABLE path (id integer PRIMARY KEY, place ltree NOT NULL, places ltree[], maybe ltree);
CREATE INDEX ON path USING gist (place);
CREATE TABLE bag (id integer PRIMARY KEY, attributes hstore NOT NULL, more hstore);
CREATE TABLE login (id integer PRIMARY KEY, name citext NOT NULL UNIQUE, email citext, tags citext[]);
CREATE DOMAIN address AS citext CHECK (VALUE ~ '^[a-z]+@[a-z]+\.org$');
CREATE TABLE mail (id integer PRIMARY KEY, login_name citext NOT NULL REFERENCES login (name), sender address NOT NULL);
CREATE TABLE unique_path (place ltree PRIMARY KEY, v text);
