-- Schema 2. Instants are integer nanoseconds of the run's clock, 0 stands for "none".
create table meta(key text primary key, value text not null) without rowid;
create table actor(id integer primary key, path text not null);
create table type(id integer primary key, name text not null);
create table label(id integer primary key, name text not null);
create table level_name(id integer primary key, name text not null);
create table resource(id integer primary key, name text not null, grp text not null, capacity integer not null);
-- A message when it is handled. Ids rise in the order of handling. fields is a JSON object.
create table message(id integer primary key, cause integer not null, request integer not null, sender integer not null,
  receiver integer not null, sent integer not null, handled integer not null, type integer not null, origin integer not null,
  fields text);
-- A request: kind and number are what its user calls it, e.g. launch 17. began..ended is its timeline, planned is earlier.
create table request(id integer primary key, kind integer not null, number integer not null, planned integer not null,
  began integer not null, ended integer not null);
-- A request with a name whose end is not in the trace: under way at the end, or only known as holder of what another waited for.
create table unended(id integer primary key, kind integer not null, number integer not null, planned integer not null);
-- Between the plan of a request and its beginning its maker had another one in hand.
create table in_hand(request integer not null, other integer not null, start integer not null, stop integer not null);
-- The timeline of a request, without gap or overlap: 'wait' for a resource (holder: the task in the way) or 'serve'.
create table span(id integer primary key, request integer not null, kind text not null, resource integer not null,
  holder integer not null, start integer not null, stop integer not null);
-- Parts of a serving span; they sum to at most its length.
create table part(span integer not null, label integer not null, nanos integer not null);
-- A task held a server of a resource from start to stop, and waited for it from queued on. open: still held at the end,
-- or, if start = stop, still waited for.
create table hold(resource integer not null, task integer not null, request integer not null, queued integer not null,
  start integer not null, stop integer not null, open integer not null);
-- The longest hold of a resource: a hold that overlaps an interval ends at most so much after it.
create table longest_hold(resource integer primary key, nanos integer not null);
-- So many steps up the chain of causes from message id lies message above; every 1,000th message of a chain has a row.
create table milestone(id integer primary key, above integer not null, steps integer not null);
create table mark(request integer not null, label integer not null, at integer not null);
create table level(level integer not null, value integer not null, at integer not null);
-- A state of an actor changed while it handled cause: to a label, to a number, or to nothing any more.
create table state(id integer primary key, actor integer not null, name integer not null, label integer not null, number integer,
  at integer not null, cause integer not null, request integer not null);
create view messages as select m.id, m.cause, m.request, s.path as sender, r.path as receiver, m.sent, m.handled, t.name as type,
  o.name as origin, m.fields from message m join actor r on r.id = m.receiver join type t on t.id = m.type
  left join actor s on s.id = m.sender left join label o on o.id = m.origin;
create view spans as select s.id, s.request, s.kind, r.name as resource, r.grp, s.holder, s.start, s.stop
  from span s join resource r on r.id = s.resource;
create view holds as select r.name as resource, r.grp, h.task, h.request, h.queued, h.start, h.stop, h.open
  from hold h join resource r on r.id = h.resource;
create view requests as select q.id, l.name as kind, q.number, q.planned, q.began, q.ended, q.ended - q.planned as latency
  from request q left join label l on l.id = q.kind;
create view states as select s.id, a.path as actor, n.name, coalesce(v.name, s.number) as value, s.at, s.cause, s.request
  from state s left join actor a on a.id = s.actor join label n on n.id = s.name left join label v on v.id = s.label;
