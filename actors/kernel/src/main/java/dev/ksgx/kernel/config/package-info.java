/** What a kernel is built from: a choice per axis, and the historical bundles of choices. */
package dev.ksgx.kernel.config;
