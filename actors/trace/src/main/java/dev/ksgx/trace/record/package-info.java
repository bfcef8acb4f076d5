/** Records a run: every message with cause and request, every wait, service and hold. */
package dev.ksgx.trace.record;
