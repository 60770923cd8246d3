/**
 * The queue of commands. One thread, the directing one, writes commands and never computes; all others take every command in
 * order, together. A command has phases, one after the other; a phase has pieces that may be computed in any order by anyone.
 * Threads claim pieces one by one, and meet at a barrier after each phase.
 *
 * A waiting thread polls for some microseconds, then sleeps. Where memory cannot be shared there is one thread
 * for everything, which calls `advance` between other things.
 */
import { CONTROL, RING, SLOTS, SLOT_BYTES, useScratchOf } from './memory';
import { piecesOf, runPiece } from './commands';
import { Opcode } from './opcodes';

/** Commands written. */
const HEAD: usize = CONTROL;
/** Commands computed. */
const DONE: usize = CONTROL + 4;
/** Threads that sleep, or are about to. */
const SLEEPERS: usize = CONTROL + 8;
/** 1 while the directing thread wants all to stop. */
const PAUSED: usize = CONTROL + 12;
/** Commands up to this number are to be skipped. */
const CANCELLED: usize = CONTROL + 16;
/** CANCELLED as the last thread at a barrier read it, so that all threads use the same value. */
const SKIPPING: usize = CONTROL + 20;
/** Operations computed, a float64. */
const PROGRESS: usize = CONTROL + 24;
// Each in a line of the cache of its own, since all threads write them.
/** Threads at the barrier. */
const ARRIVED: usize = CONTROL + 64;
/** Barriers passed. */
const ROUND: usize = CONTROL + 128;
/** Pieces claimed, for even and for odd rounds. */
const CLAIMED: usize = CONTROL + 192;
const LINE: usize = 64;

/** How often a thread polls a word before it sleeps: some 20 microseconds. */
const LOOKS: i32 = 10_000;

/** Operations of a phase below which waking others costs more than they save. */
const WORTH_SHARING: f64 = 150_000;

/** Pieces of a phase for each thread, where they can be made smaller: so that none waits long for another at the end. */
export const PIECES_A_THREAD: i32 = 4;

/** The header in front of a command's own words. */
// @ts-ignore: decorator
@unmanaged
export class Header {
  opcode: i32;
  phases: i32;
  /** 1 where one thread computes all of it. */
  alone: i32;
  /** 1 where the directing thread is woken after it. */
  wakes: i32;
  /** Operations of all commands before it, and up to and including it. */
  operationsBefore: f64;
  operationsAfter: f64;
}

const HEADER_BYTES: usize = 32;

/** A command's own words. */
// @ts-ignore: decorator
@inline
export function wordsOf<T>(command: Header): T {
  return changetype<T>(changetype<usize>(command) + HEADER_BYTES);
}

// @ts-ignore: decorator
@inline
function slotOf(number: u32): Header {
  return changetype<Header>(RING + (<usize>number % SLOTS) * SLOT_BYTES);
}

/** Threads that compute; 0 where there is only the directing one, which then computes by `advance`. */
let computing: i32 = 0;
/** Operations of all commands written. */
let operationsGiven: f64 = 0;

/** Called once, by the directing thread. */
export function direct(threads: i32): void {
  computing = threads;
}

/** Threads that compute, the directing one where there is no other. */
export function threadsComputing(): i32 {
  return max(1, computing);
}

/**
 * Begins a command; waits while the queue is full, which it is only with hundreds of micro-batches. Its words are written next, then `submit` makes it visible.
 * @param operations of all of it, about
 */
export function begin(opcode: i32, phases: i32, operations: f64): Header {
  const head = atomic.load<u32>(HEAD);
  for (let done = atomic.load<u32>(DONE); head - done >= <u32>SLOTS; done = atomic.load<u32>(DONE)) {
    if (computing == 0) advance();
  }
  const command = slotOf(head);
  command.opcode = opcode;
  command.phases = phases;
  command.alone = operations < WORTH_SHARING * <f64>phases ? 1 : 0;
  command.wakes = 0;
  command.operationsBefore = operationsGiven;
  operationsGiven += operations;
  command.operationsAfter = operationsGiven;
  return command;
}

/** Makes the command visible to all threads. @returns its number, from 1 */
export function submit(): u32 {
  const number = atomic.add<u32>(HEAD, 1) + 1;
  if (atomic.load<i32>(SLEEPERS) > 0) atomic.notify(HEAD, -1);
  return number;
}

/** A command that computes nothing: the directing thread is woken when all before it are computed. @returns its number */
export function fence(): u32 {
  begin(Opcode.Nothing, 1, 0).wakes = 1;
  return submit();
}

/** Operations of the commands written so far. */
export function given(): f64 {
  return operationsGiven;
}

/** Operations computed so far, to the last finished phase. */
export function progress(): f64 {
  return load<f64>(PROGRESS);
}

/** Number of the last command in the queue. */
export function written(): u32 {
  return atomic.load<u32>(HEAD);
}

/** Number of the last command computed. */
export function done(): u32 {
  return atomic.load<u32>(DONE);
}

/** Where `done` lies, for a thread that waits for it. */
export function doneAddress(): usize {
  return DONE;
}

/** Threads stop at the end of their phase, until `resume`. */
export function pause(): void {
  atomic.store<i32>(PAUSED, 1);
}

export function resume(): void {
  atomic.store<i32>(PAUSED, 0);
  atomic.notify(PAUSED, -1);
}

/** What is in the queue now is skipped, also while they are paused. */
export function cancel(): void {
  atomic.store<u32>(CANCELLED, atomic.load<u32>(HEAD));
  resume();
}

/** Whether a command is to be skipped: it was in the queue, so no further back than that is long. */
// @ts-ignore: decorator
@inline
function isSkipped(number: u32, last: u32): bool {
  return last - number < <u32>SLOTS;
}

/** Computes commands; never returns. */
export function work(thread: i32, threads: i32): void {
  useScratchOf(thread);
  let next: u32 = 0;
  while (true) {
    sleepWhile(HEAD, next);
    const command = slotOf(next);
    const alone = command.alone != 0;
    const phases = alone ? 1 : command.phases;
    const wakes = command.wakes != 0;
    const before = command.operationsBefore;
    const operations = command.operationsAfter - before;
    next++;
    for (let phase = 0; ; phase++) {
      const round = atomic.load<u32>(ROUND);
      const skipped = isSkipped(next, atomic.load<u32>(SKIPPING));
      const last = skipped || phase == phases - 1;
      if (!skipped) {
        if (!alone) compute(command, phase, round);
        else if (thread == 0) computeAlone(command);
      }
      meet(threads, round, last ? next : 0, wakes, before + (operations * <f64>(phase + 1)) / <f64>phases);
      if (last) break;
    }
  }
}

function compute(command: Header, phase: i32, round: u32): void {
  const claimed = CLAIMED + <usize>(round & 1) * LINE;
  const pieces = piecesOf(command, phase);
  for (let piece = atomic.add<i32>(claimed, 1); piece < pieces; piece = atomic.add<i32>(claimed, 1)) {
    runPiece(command, phase, piece);
  }
}

function computeAlone(command: Header): void {
  for (let phase = 0; phase < command.phases; phase++) {
    const pieces = piecesOf(command, phase);
    for (let piece = 0; piece < pieces; piece++) runPiece(command, phase, piece);
  }
}

/**
 * Waits for all threads. The last one prepares the next round.
 * @param number of the command that is done with this round; 0 where it is not
 * @param operations computed after this round
 */
function meet(threads: i32, round: u32, number: u32, wakes: bool, operations: f64): void {
  if (atomic.add<i32>(ARRIVED, 1) != threads - 1) {
    sleepWhile(ROUND, round);
    return;
  }
  while (atomic.load<i32>(PAUSED) != 0) atomic.wait<i32>(PAUSED, 1, -1);
  atomic.store<u32>(SKIPPING, atomic.load<u32>(CANCELLED));
  store<f64>(PROGRESS, operations);
  atomic.store<i32>(ARRIVED, 0);
  atomic.store<i32>(CLAIMED + <usize>(round & 1) * LINE, 0);
  if (number != 0) {
    atomic.store<u32>(DONE, number);
    if (wakes) atomic.notify(DONE, -1);
  }
  atomic.add<u32>(ROUND, 1);
  if (atomic.load<i32>(SLEEPERS) > 0) atomic.notify(ROUND, -1);
}

function sleepWhile(word: usize, value: u32): void {
  for (let look = 0; look < LOOKS; look++) {
    if (atomic.load<u32>(word) != value) return;
  }
  // Whoever changes the word looks for sleepers after it, so none is missed.
  atomic.add<i32>(SLEEPERS, 1);
  while (atomic.load<u32>(word) == value) atomic.wait<i32>(word, value, -1);
  atomic.sub<i32>(SLEEPERS, 1);
}

/** Where the one thread of a program without shared memory is in its command. */
let phaseNow: i32 = 0;
let pieceNow: i32 = 0;

/** Computes the next piece. @returns false where the queue is empty, or paused */
export function advance(): bool {
  const number = atomic.load<u32>(DONE);
  if (number == atomic.load<u32>(HEAD) || atomic.load<i32>(PAUSED) != 0) return false;
  const command = slotOf(number);
  if (isSkipped(number + 1, atomic.load<u32>(CANCELLED))) phaseNow = command.phases;
  else if (pieceNow < piecesOf(command, phaseNow)) runPiece(command, phaseNow, pieceNow++);
  else {
    phaseNow++;
    pieceNow = 0;
  }
  if (phaseNow >= command.phases) {
    phaseNow = 0;
    pieceNow = 0;
    store<f64>(PROGRESS, command.operationsAfter);
    atomic.store<u32>(DONE, number + 1);
  }
  return true;
}
