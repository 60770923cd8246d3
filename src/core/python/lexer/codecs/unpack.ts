/**
 * Tables of character sets: grids of lead by trail bytes, packed by `pytorch/oracle/make_codec_tables.py` and unpacked here.
 * A cell is a code point, `PAIR` + an index into `pairs`, or 0 for a code that the codec rejects.
 */

/** Grids as stored in a table file. */
export interface PackedGrids {
  /** Name, number of rows and number of columns of each grid. */
  readonly grids: readonly (readonly [name: string, rows: number, columns: number])[];
  /** Strings of several characters that one code stands for. */
  readonly pairs: readonly string[];
  /** Rows of all grids: a deflated stream of varints, in base64. */
  readonly data: string;
}

export interface Grid {
  readonly columns: number;
  readonly cells: Uint32Array;
  readonly pairs: readonly string[];
}

/** The first number above all code points. */
export const PAIR = 0x110000;

/** Inflates and reads the grids of one file. */
export async function unpackGrids({ grids, pairs, data }: PackedGrids): Promise<ReadonlyMap<string, Grid>> {
  const stream = new RowStream(await inflate(data));
  const rows: Uint32Array[] = [];
  return new Map(
    grids.map(([name, count, columns]) => {
      const cells = new Uint32Array(count * columns);
      for (let row = 0; row < count; row++) {
        const into = cells.subarray(row * columns, (row + 1) * columns);
        stream.read(into, rows);
        rows.push(into);
      }
      return [name, { columns, cells, pairs }];
    }),
  );
}

async function inflate(base64: string): Promise<Uint8Array> {
  const packed = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

/** Reads the format of `Packer` in make_codec_tables.py. */
class RowStream {
  readonly #bytes: Uint8Array;
  #at = 0;
  /** The last code point. */
  #last = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** @param rows the rows read before */
  read(row: Uint32Array, rows: readonly Uint32Array[]): void {
    const back = this.#varint();
    if (back === 0) {
      for (let i = 0; i < row.length; i++) row[i] = this.#cell();
      return;
    }
    row.set(rows[rows.length - back]!);
    for (let at = 0; at < row.length;) {
      at += this.#varint();
      for (const end = at + this.#varint(); at < end; at++) row[at] = this.#cell();
    }
  }

  #cell(): number {
    const code = this.#varint();
    if (code === 0) return 0;
    const zigzag = code - 1;
    const step = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
    return (this.#last += step + 1);
  }

  #varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#at++]!;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }
}
