/**
 * What the driver's actors say to each other, one file an actor.
 *
 * <p>Each file has an open root interface, to which the actor adds its private messages, and a
 * sealed {@code Request} of what others may send. Answers implement {@link
 * dev.ksgx.protocol.message.Reply}, which belongs to the root of every actor that calls another, so
 * that an answer needs no adapter. Every message is immutable.
 */
package dev.ksgx.protocol.message;
