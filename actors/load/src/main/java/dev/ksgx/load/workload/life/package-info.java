/**
 * Whole lives of enclaves: the actor of a process builds enclaves of a group's size, starts them as
 * an SDK does or not, lets threads touch their memory inside, and destroys them.
 */
package dev.ksgx.load.workload.life;
