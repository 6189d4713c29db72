/**
 * One piece of a file that is put together from what the receiver holds and from what is sent. The ops of a file cover it
 * from its first byte to its last, in order, each at least one byte long.
 *
 * - `literal`: the file's own bytes at this position are sent
 * - `zeros`: nothing but zero bytes; neither sent nor, in a new file, written
 * - `copy`: bytes of a basis, named by its index, from byte `from` on
 */
export type Op =
  | { readonly kind: 'literal'; readonly lengthBytes: number }
  | { readonly kind: 'zeros'; readonly lengthBytes: number }
  | { readonly kind: 'copy'; readonly basis: number; readonly from: number; readonly lengthBytes: number };
