-- Names that must be quoted: mixed case, spaces, quotes, dots, reserved words, non-ASCII, 63 bytes.
CREATE SCHEMA "Mein Schema";
CREATE SCHEMA "select";
CREATE TABLE "Mein Schema"."Größe der Häuser" (
  "ID" integer PRIMARY KEY, "Straße" text NOT NULL, "Preis €" numeric(8,2) CHECK ("Preis €" > 0), "naïve ""quoted""" text,
  "%s" text, "{x}" integer, "a.b" text, "semi;colon" text, "tab	here" text, "back\slash" text
);
CREATE TABLE "select"."order" (
  "user" integer PRIMARY KEY, "group" text NOT NULL UNIQUE, "table" integer NOT NULL REFERENCES "Mein Schema"."Größe der Häuser",
  "where" date, "primary" boolean, "check" integer CHECK ("check" IN (1, 2)), "end" timestamptz, "array" integer[]
);
CREATE TABLE "select"."a.b" (id integer PRIMARY KEY, "c.d" integer NOT NULL REFERENCES "select"."order");
CREATE TABLE "select"."it's ""here"" 100%" (v text, id integer PRIMARY KEY);
CREATE SEQUENCE "select"."My Seq'uence";
CREATE TABLE txxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxe (
  id integer PRIMARY KEY DEFAULT nextval('"select"."My Seq''uence"'), "äääääääääääääääääääääääääääääääk" text NOT NULL,
  up integer CONSTRAINT "äääääääääääääääääääääääääääääääk" REFERENCES txxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxe
);
CREATE UNIQUE INDEX "äääääääääääääääääääääääääääääääx" ON txxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxe (lower("äääääääääääääääääääääääääääääääk"));
CREATE TABLE "MixedCase" ("Id" serial PRIMARY KEY, "FirstName" varchar(40) NOT NULL, "lastName" text, "BirthDate" date,
  "Größe" integer CHECK ("Größe" > 3), "parentId" integer REFERENCES "MixedCase" ("Id"));
CREATE TYPE "My Enum" AS ENUM ('A b', 'c''d', 'Ü');
CREATE DOMAIN "My Domain" AS text CHECK (VALUE <> 'x');
CREATE TABLE "中文表" ("编号" bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, "名称" "My Enum" NOT NULL, "dom" "My Domain", "many" "My Enum"[],
  "MixedCase_Id" integer NOT NULL REFERENCES "MixedCase");
CREATE INDEX "select" ON "中文表" ("名称") WHERE "dom" IS NOT NULL;
