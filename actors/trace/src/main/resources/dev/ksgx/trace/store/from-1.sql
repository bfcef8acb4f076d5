-- What a database of schema 1 lacks, for as long as it is open: nothing of it was recorded, or it is found out now.
create temp table unended(id integer primary key, kind integer not null, number integer not null, planned integer not null);
create temp table state(id integer primary key, actor integer not null, name integer not null, label integer not null, number integer,
  at integer not null, cause integer not null, request integer not null);
create temp view states as select s.id, a.path as actor, n.name, coalesce(v.name, s.number) as value, s.at, s.cause, s.request
  from state s left join actor a on a.id = s.actor join label n on n.id = s.name left join label v on v.id = s.label;
create temp table milestone(id integer primary key, above integer not null, steps integer not null);
create temp table longest_hold as select resource, max(stop - start) as nanos from hold group by resource;
create temp table in_hand(request integer not null, other integer not null, start integer not null, stop integer not null);
