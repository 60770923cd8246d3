/** Example code, written for this page; the cursor is at the end, where the next token is to be predicted. */
export interface Example {
  readonly title: string;
  readonly text: string;
}

export const EXAMPLES: readonly [Example, ...Example[]] = [
  {
    title: 'A class with a constructor',
    text: `class Account:
    def __init__(self, owner, balance=0):
        self.owner = owner
        self.balance = balance

    def deposit(self, amount):
        if amount <= 0:
            raise ValueError("amount must be positive")
        self.balance += amount

    def withdraw(self, amount):
        if `,
  },
  {
    title: 'Reading a file',
    text: `import os
import sys


def count_words(path):
    counts = {}
    with open(path, "r") as handle:
        for line in handle:
            for word in line.split():
                counts[word] = counts.get(word, 0) + 1
    return counts


def main():
    for name in os.listdir(`,
  },
  {
    title: 'A command line',
    text: `import argparse


def parse_args():
    parser = argparse.ArgumentParser(description="Copy lines that match")
    parser.add_argument("pattern", help="what to look for")
    parser.add_argument("--output", default=None)
    return parser.parse_args()


if __name__ == "__main__":
    args = `,
  },
  {
    title: 'A test',
    text: `import unittest


class TestStack(unittest.TestCase):
    def setUp(self):
        self.items = []

    def test_push(self):
        self.items.append(1)
        self.assertEqual(len(self.items), 1)

    def test_pop(self):
        self.items.append(1)
        self.`,
  },
  {
    title: 'Errors handled',
    text: `import json


def load(path):
    try:
        with open(path) as f:
            return json.load(f)
    except FileNotFoundError:
        return None
    except `,
  },
];
