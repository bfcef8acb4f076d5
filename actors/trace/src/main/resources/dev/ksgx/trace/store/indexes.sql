create index message_request on message(request);
create index message_cause on message(cause);
create index request_number on request(number);
create index span_request on span(request, start);
create index part_span on part(span);
create index hold_resource on hold(resource, stop);
create index hold_request on hold(request);
create index mark_request on mark(request);
create index state_cause on state(cause);
