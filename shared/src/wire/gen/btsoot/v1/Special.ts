// Original file: proto/btsoot/v1/remote.proto


// Original file: proto/btsoot/v1/remote.proto

export const _btsoot_v1_Special_Type = {
  TYPE_UNSET: 'TYPE_UNSET',
  FIFO: 'FIFO',
  CHARACTER: 'CHARACTER',
  BLOCK: 'BLOCK',
} as const;

export type _btsoot_v1_Special_Type =
  | 'TYPE_UNSET'
  | 0
  | 'FIFO'
  | 1
  | 'CHARACTER'
  | 2
  | 'BLOCK'
  | 3

export type _btsoot_v1_Special_Type__Output = typeof _btsoot_v1_Special_Type[keyof typeof _btsoot_v1_Special_Type]

/**
 * A FIFO or a device.
 */
export interface Special {
  'type'?: (_btsoot_v1_Special_Type);
  /**
   * of a device, else 0
   */
  'major'?: (number);
  /**
   * of a device, else 0
   */
  'minor'?: (number);
}

/**
 * A FIFO or a device.
 */
export interface Special__Output {
  'type': (_btsoot_v1_Special_Type__Output);
  /**
   * of a device, else 0
   */
  'major': (number);
  /**
   * of a device, else 0
   */
  'minor': (number);
}
