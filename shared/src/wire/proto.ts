import { fileURLToPath } from 'node:url';
import { loadPackageDefinition } from '@grpc/grpc-js';
import * as ProtoLoader from '@grpc/proto-loader';
import { BtsootError } from '../model/errors.js';
import { checkFields } from './field-scan.js';
import { invalid } from './fields.js';
import type { ProtoGrpcType as ControlPackage } from './gen/control.js';
import type { ProtoGrpcType as HealthPackage } from './gen/health.js';
import type { ProtoGrpcType as RemotePackage } from './gen/remote.js';
import { isMessage, Shapes, sizeMaxBytes } from './shapes.js';

/** The only place that reads .proto files. Each is read when first asked for: a help text needs none. */

/** From `shared/dist/wire` to `proto` beside `shared`. */
const PROTO_FOLDER = fileURLToPath(new URL('../../../proto', import.meta.url));

/** As `npm run gen` says it to the type generator. */
const LOADER_OPTIONS: ProtoLoader.Options = {
  includeDirs: [PROTO_FOLDER],
  keepCase: false,
  longs: Number,
  enums: String,
  defaults: true,
  oneofs: true,
};

let remote: RemotePackage['btsoot']['v1'] | undefined;
let health: HealthPackage['grpc']['health']['v1'] | undefined;
let control: ControlPackage['btsoot']['v1'] | undefined;

/** The services that a remote agent offers: Remote and Pairing. */
export function remotePackage(): RemotePackage['btsoot']['v1'] {
  remote ??= (load('btsoot/v1/remote.proto') as unknown as RemotePackage).btsoot.v1;
  return remote;
}

/** The service that a source agent offers on its control socket. */
export function controlPackage(): ControlPackage['btsoot']['v1'] {
  control ??= (load('btsoot/v1/control.proto') as unknown as ControlPackage).btsoot.v1;
  return control;
}

/** The standard service that tells whether a server serves. */
export function healthPackage(): HealthPackage['grpc']['health']['v1'] {
  health ??= (load('grpc/health/v1/health.proto') as unknown as HealthPackage).grpc.health.v1;
  return health;
}

function load(file: string) {
  const definition = ProtoLoader.loadSync(file, LOADER_OPTIONS);
  guard(definition);
  return loadPackageDefinition(definition);
}

/** What a peer sends is measured before it is decoded, in either direction. */
function guard(definition: ProtoLoader.PackageDefinition): void {
  const shapes = new Shapes(definition);
  for (const part of Object.values(definition)) {
    if (isMessage(part) || !isService(part)) continue;
    for (const method of Object.values(part)) {
      method.requestDeserialize = guarded(method.requestDeserialize, method.requestType, shapes);
      method.responseDeserialize = guarded(method.responseDeserialize, method.responseType, shapes);
    }
  }
}

function isService(part: ProtoLoader.PackageDefinition[string]): part is ProtoLoader.ServiceDefinition {
  return !('format' in part);
}

/**
 * A decoder that returns a BtsootError in place of a message that it refuses: grpc-js would make of what a decoder
 * throws an INTERNAL without a word. Who takes messages from grpc-js looks with `accepted`.
 */
function guarded<T extends object>(decode: (bytes: Buffer) => T, { type }: { type: object }, shapes: Shapes) {
  const { name } = type as { name: string };
  return (bytes: Buffer): T => {
    try {
      const most = sizeMaxBytes(name);
      if (bytes.length > most) throw invalid(`a ${name} has ${bytes.length} bytes, over the limit of ${most}`);
      checkFields(bytes, shapes.of(name));
      return decode(bytes);
    } catch (error) {
      return (error instanceof BtsootError ? error : invalid(`a ${name} cannot be decoded`)) as unknown as T;
    }
  };
}
