import type { MessageTypeDefinition, PackageDefinition } from '@grpc/proto-loader';
import { BtsootError } from '../model/errors.js';
import { limits } from '../model/limits.js';
import type { Field, Shape } from './field-scan.js';

/** How often each repeated field of the protocol may come. One that is not named here cannot be loaded. */
const MOST: Readonly<Record<string, number>> = {
  'HelloReply.blocks': limits.blocksPerReplyMax,
  'ChildrenRequest.directoryIds': limits.directoriesPerRequestMax,
  'ChildrenPage.children': limits.childrenPerPageMax,
  'StepBatch.steps': limits.stepsPerMessageMax,
  'Delivery.bases': limits.basesPerFileMax,
  'Committed.failures': limits.groupStepsMax,
  'Opened.partials': limits.partialsMax,
  'Opened.drift': limits.driftListedMax,
  'OwnerNames.users': limits.ownersMax,
  'OwnerNames.groups': limits.ownersMax,
  'Findings.findings': limits.findingsPerMessageMax,
  'SignatureRegions.regions': limits.signatureRegionsPerRequestMax,
  'ContentsQuery.contents': limits.contentsPerQueryMax,
  'ContentsReply.held': limits.contentsPerQueryMax,
  'ListSessionsReply.sessions': limits.sessionsPerReplyMax,
  'VersionsPage.versions': limits.versionsPerPageMax,
  'AgentStatusReply.running': limits.blocksPerReplyMax,
  'AgentStatusReply.planned': limits.blocksPerReplyMax,
};

/** The messages that may be large; all others are small. */
const LARGE: Readonly<Record<string, number>> = {
  ApplyRequest: limits.requestSizeMaxBytes,
  ApplyReply: limits.messageSizeMaxBytes,
  ChildrenPage: limits.messageSizeMaxBytes,
  ContentsQuery: limits.requestSizeMaxBytes,
  HelloReply: limits.messageSizeMaxBytes,
  ListSessionsReply: limits.messageSizeMaxBytes,
  ListVersionsRequest: limits.frameSizeMaxBytes,
  VersionsPage: limits.messageSizeMaxBytes,
  ReadReply: limits.messageSizeMaxBytes,
  // The root's extended attributes are in it.
  SessionEvent: limits.frameSizeMaxBytes,
  VerifyEvent: limits.frameSizeMaxBytes,
  SignatureRequest: limits.frameSizeMaxBytes,
  SignatureReply: limits.messageSizeMaxBytes,
  LinkRequest: limits.linkMessageMaxBytes,
  LinkReply: limits.linkMessageMaxBytes,
  SyncEvent: limits.messageSizeMaxBytes,
  AgentStatusReply: limits.messageSizeMaxBytes,
};

/** The parts of a DescriptorProto that shapes are made of, as proto-loader gives them. */
interface Descriptor {
  readonly name: string;
  readonly field: readonly {
    readonly name: string;
    readonly number: number;
    readonly label: string;
    readonly type: string;
    readonly typeName: string;
  }[];
  readonly nestedType: readonly Descriptor[];
}

/** The most bytes that a message of that name may have. */
export function sizeMaxBytes(messageName: string): number {
  return LARGE[messageName] ?? limits.smallMessageMaxBytes;
}

/** The shapes of a package's messages, by their short names, each made when it is first asked for. */
export class Shapes {
  readonly #descriptors = new Map<string, Descriptor>();
  readonly #shapes = new Map<Descriptor, Shape>();

  constructor(definition: PackageDefinition) {
    for (const part of Object.values(definition)) {
      if (isMessage(part)) this.#descriptors.set((part.type as Descriptor).name, part.type as Descriptor);
    }
  }

  of(messageName: string): Shape {
    return this.#shapeOf(this.#find(messageName, []));
  }

  #shapeOf(descriptor: Descriptor): Shape {
    const known = this.#shapes.get(descriptor);
    if (known !== undefined) return known;
    const fields: (Field | undefined)[] = [];
    const shape: Shape = { name: descriptor.name, fields };
    this.#shapes.set(descriptor, shape);
    for (const field of descriptor.field) fields[field.number] = this.#fieldOf(field, descriptor);
    return shape;
  }

  #fieldOf({ name, label, type, typeName }: Descriptor['field'][number], parent: Descriptor): Field {
    const repeated = label === 'LABEL_REPEATED';
    const most = repeated ? MOST[`${parent.name}.${name}`] : 1;
    if (most === undefined) throw new BtsootError('internal', `the protocol has no limit for ${parent.name}.${name}`);
    const inside = type === 'TYPE_MESSAGE' ? this.#shapeOf(this.#find(typeName, parent.nestedType)) : null;
    const kind = kindOf(type);
    return { name, type: kind, most, packable: repeated && kind !== 'bytes', inside };
  }

  #find(name: string, nested: readonly Descriptor[]): Descriptor {
    const found = nested.find((descriptor) => descriptor.name === name) ?? this.#descriptors.get(name);
    if (found === undefined) throw new BtsootError('internal', `the protocol has no message ${name}`);
    return found;
  }
}

export function isMessage(part: PackageDefinition[string]): part is MessageTypeDefinition<object, object> {
  return 'format' in part && part.format === 'Protocol Buffer 3 DescriptorProto';
}

function kindOf(type: string): Field['type'] {
  switch (type) {
    case 'TYPE_BOOL':
    case 'TYPE_ENUM':
    case 'TYPE_UINT32':
      return 'varint32';
    case 'TYPE_UINT64':
    case 'TYPE_SINT64':
      return 'varint64';
    case 'TYPE_BYTES':
    case 'TYPE_STRING':
    case 'TYPE_MESSAGE':
      return 'bytes';
    default:
      throw new BtsootError('internal', `the protocol has a field of ${type}, which nobody checks`);
  }
}
