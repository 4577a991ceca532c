-- Self references and cycles of keys.
CREATE TABLE optional_parent (id integer PRIMARY KEY, parent_id integer REFERENCES optional_parent, v text);
CREATE TABLE required_parent (
  id integer PRIMARY KEY, parent_id integer NOT NULL REFERENCES required_parent, v text
);
CREATE TABLE composite_parent (
  a integer, b integer, up_a integer, up_b integer, v text, PRIMARY KEY (a, b),
  FOREIGN KEY (up_a, up_b) REFERENCES composite_parent
);
CREATE TABLE root_of_itself (
  id integer PRIMARY KEY, root_id integer NOT NULL REFERENCES root_of_itself,
  next_id integer NOT NULL UNIQUE REFERENCES root_of_itself
);

-- All NOT NULL, none deferrable.
CREATE TABLE two_a (id bigint PRIMARY KEY, b_id bigint NOT NULL, v text);
CREATE TABLE two_b (id bigint PRIMARY KEY, a_id bigint NOT NULL REFERENCES two_a, v text);
ALTER TABLE two_a ADD FOREIGN KEY (b_id) REFERENCES two_b;

CREATE TABLE three_a (id bigint PRIMARY KEY, b_id bigint NOT NULL, v text);
CREATE TABLE three_b (id bigint PRIMARY KEY, c_id bigint NOT NULL, v text);
CREATE TABLE three_c (id bigint PRIMARY KEY, a_id bigint NOT NULL REFERENCES three_a, v text);
ALTER TABLE three_a ADD FOREIGN KEY (b_id) REFERENCES three_b;
ALTER TABLE three_b ADD FOREIGN KEY (c_id) REFERENCES three_c;

CREATE TABLE four_a (id integer PRIMARY KEY, b_id integer NOT NULL, v text);
CREATE TABLE four_b (id integer PRIMARY KEY, c_id integer NOT NULL, v text);
CREATE TABLE four_c (id integer PRIMARY KEY, d_id integer NOT NULL, v text);
CREATE TABLE four_d (id integer PRIMARY KEY, a_id integer NOT NULL REFERENCES four_a, v text);
ALTER TABLE four_a ADD FOREIGN KEY (b_id) REFERENCES four_b;
ALTER TABLE four_b ADD FOREIGN KEY (c_id) REFERENCES four_c;
ALTER TABLE four_c ADD FOREIGN KEY (d_id) REFERENCES four_d;

CREATE TABLE five_a (id uuid PRIMARY KEY, b_id uuid NOT NULL, v text);
CREATE TABLE five_b (id uuid PRIMARY KEY, c_id uuid NOT NULL, a_id uuid NOT NULL REFERENCES five_a);
CREATE TABLE five_c (id uuid PRIMARY KEY, d_id uuid NOT NULL, v text);
CREATE TABLE five_d (id uuid PRIMARY KEY, e_id uuid NOT NULL, v text);
CREATE TABLE five_e (id uuid PRIMARY KEY, a_id uuid NOT NULL REFERENCES five_a, v text);
ALTER TABLE five_a ADD FOREIGN KEY (b_id) REFERENCES five_b;
ALTER TABLE five_b ADD FOREIGN KEY (c_id) REFERENCES five_c;
ALTER TABLE five_c ADD FOREIGN KEY (d_id) REFERENCES five_d;
ALTER TABLE five_d ADD FOREIGN KEY (e_id) REFERENCES five_e;

-- Each the only one of the other, checked at commit.
CREATE TABLE husband (id integer PRIMARY KEY, wife_id integer NOT NULL UNIQUE, v text);
CREATE TABLE wife (
  id integer PRIMARY KEY,
  husband_id integer NOT NULL UNIQUE REFERENCES husband DEFERRABLE INITIALLY DEFERRED, v text
);
ALTER TABLE husband ADD FOREIGN KEY (wife_id) REFERENCES wife DEFERRABLE INITIALLY DEFERRED;

-- The same primary key on both sides.
CREATE TABLE head (id integer PRIMARY KEY, v text);
CREATE TABLE tail (id integer PRIMARY KEY REFERENCES head, v text);
ALTER TABLE head ADD FOREIGN KEY (id) REFERENCES tail DEFERRABLE INITIALLY DEFERRED;

-- A cycle with a way out, and a latest of many.
CREATE TABLE folder (id integer PRIMARY KEY, newest_file integer, v text);
CREATE TABLE file (id integer PRIMARY KEY, folder_id integer NOT NULL REFERENCES folder, v text);
ALTER TABLE folder ADD FOREIGN KEY (newest_file) REFERENCES file ON DELETE SET NULL;
