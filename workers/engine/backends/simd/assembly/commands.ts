/** What each command's pieces are: the one place where opcodes meet the code that computes them. */
import { Opcode } from './opcodes';
import { Header } from './queue';
import { piecesOfPack, runPack, piecesOfProduct, runProduct } from './products';
import { piecesOfSteps, runBackward, runForward } from './recurrent';
import { piecesOfLookUp, piecesOfSumByToken, runLookUp, runSumByToken } from './embedding';
import { piecesOfDropout, runDropout } from './dropout';
import { piecesOfCacheMasses, piecesOfTextLogits, runCacheMasses, runTextLogits } from './cache';
import { piecesOfColumnSums, piecesOfScores, runColumnSums, runMeanLoss, runScores } from './loss';
import { piecesOfAdam, piecesOfSquares, runAdam, runNorm, runSquares } from './adam';
import { piecesOfSgd, runSgd } from './sgd';
import {
  piecesOfUnary,
  piecesOfBinary,
  piecesOfFill,
  piecesOfSwap,
  runCopy,
  runUnary,
  runBinary,
  runFill,
  runSumAll,
  runSwap,
} from './elementwise';

export function piecesOf(command: Header, phase: i32): i32 {
  switch (command.opcode) {
    case Opcode.Pack:
      return piecesOfPack(command);
    case Opcode.Product:
      return piecesOfProduct(command);
    case Opcode.RecurrentForward:
    case Opcode.RecurrentBackward:
      return piecesOfSteps(command);
    case Opcode.LookUp:
      return piecesOfLookUp(command);
    case Opcode.SumByToken:
      return piecesOfSumByToken(command);
    case Opcode.Dropout:
      return piecesOfDropout(command);
    case Opcode.Scores:
      return piecesOfScores(command);
    case Opcode.ColumnSums:
      return piecesOfColumnSums(command);
    case Opcode.Squares:
      return piecesOfSquares(command);
    case Opcode.Adam:
      return piecesOfAdam(command);
    case Opcode.Sgd:
      return piecesOfSgd(command);
    case Opcode.Binary:
      return piecesOfBinary(command);
    case Opcode.Unary:
      return piecesOfUnary(command);
    case Opcode.Fill:
      return piecesOfFill(command);
    case Opcode.SwapAxes:
      return piecesOfSwap(command);
    case Opcode.CacheMasses:
      return piecesOfCacheMasses(command);
    case Opcode.TextLogits:
      return piecesOfTextLogits(command);
    case Opcode.MeanLoss:
    case Opcode.Norm:
    case Opcode.SumAll:
    case Opcode.Copy:
      return 1;
    default:
      return 0;
  }
}

export function runPiece(command: Header, phase: i32, piece: i32): void {
  switch (command.opcode) {
    case Opcode.Pack:
      return runPack(command, piece);
    case Opcode.Product:
      return runProduct(command, piece);
    case Opcode.RecurrentForward:
      return runForward(command, phase, piece);
    case Opcode.RecurrentBackward:
      return runBackward(command, phase, piece);
    case Opcode.LookUp:
      return runLookUp(command, piece);
    case Opcode.SumByToken:
      return runSumByToken(command, piece);
    case Opcode.Dropout:
      return runDropout(command, piece);
    case Opcode.Scores:
      return runScores(command, piece);
    case Opcode.MeanLoss:
      return runMeanLoss(command);
    case Opcode.ColumnSums:
      return runColumnSums(command, piece);
    case Opcode.Squares:
      return runSquares(command, piece);
    case Opcode.Norm:
      return runNorm(command);
    case Opcode.Adam:
      return runAdam(command, piece);
    case Opcode.Sgd:
      return runSgd(command, piece);
    case Opcode.Binary:
      return runBinary(command, piece);
    case Opcode.Unary:
      return runUnary(command, piece);
    case Opcode.Fill:
      return runFill(command, piece);
    case Opcode.SumAll:
      return runSumAll(command);
    case Opcode.SwapAxes:
      return runSwap(command, piece);
    case Opcode.Copy:
      return runCopy(command);
    case Opcode.CacheMasses:
      return runCacheMasses(command, piece);
    case Opcode.TextLogits:
      return runTextLogits(command, piece);
  }
}
