/**
 * Between the wire's messages and the model. `…ToWire` writes what this side vouches for; `…FromWire` reads what nobody
 * vouches for, checks all that can be checked without further knowledge, and throws only BtsootError (`invalid`, and
 * `version` where a message carries the protocol's version).
 */
export * from './convert-batch.js';
export * from './convert-delivery.js';
export * from './convert-entry.js';
export * from './convert-history.js';
export * from './convert-link.js';
export * from './convert-pairing.js';
export * from './convert-reading.js';
export * from './convert-session.js';
export * from './convert-signatures.js';
export * from './convert-step.js';
export * from './convert-transfer.js';
export * from './convert-verify.js';
