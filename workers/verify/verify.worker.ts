/** The verifier's worker: the checks behind comlink, on devices opened as the lab opens them. The product never loads it. */
import { expose } from 'comlink';
import type { Verifier } from '#core/regression/verifier.ts';
import { openDevice, type Device } from '#engine/devices/device.ts';
import { checkCacheOracle } from './cacheOracle.ts';
import { evaluateStored } from './evaluateStored.ts';
import { checkFullSize } from './fullSize.ts';
import { checkOracleCase } from './oracle.ts';
import { recordModel } from './regression/record.ts';
import { logitsOfFile, replay } from './replay.ts';

let device: Device | undefined;

function current(): Device {
  if (!device) throw new Error('no device is open');
  return device;
}

const verifier: Verifier = {
  async open(kind) {
    // a device that the lab would refuse after its trial is checked all the same
    device = await openDevice(kind, { untried: true });
    return device.name;
  },
  record: async (model) => recordModel(current(), model),
  checkOracle: async (facts, tensors) => checkOracleCase(facts, tensors, current()),
  replay: async (file) => replay(file, current()),
  logits: async (weights, ids) => logitsOfFile(weights, ids, current()),
  checkCache: async (text) => checkCacheOracle(text, current()),
  evaluateStored(request) {
    device = undefined;
    return evaluateStored(request);
  },
  checkFullSize(model, kind) {
    // it opens devices of its own
    device = undefined;
    return checkFullSize(model, kind);
  },
};

expose(verifier);
