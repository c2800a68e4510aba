"""Prints how many milliseconds of processor time sigstore-python takes to verify a bundle, warm. Arguments: trusted root, bundle."""

import logging
import sys
import time

from sigstore.models import Bundle, TrustedRoot
from sigstore.verify import Verifier, policy

logging.disable(logging.WARNING)
WARMUP = 30
CALLS = 100

verifier = Verifier(trusted_root=TrustedRoot.from_file(sys.argv[1]))
with open(sys.argv[2]) as file:
    text = file.read()
for call in range(WARMUP + CALLS):
    if call == WARMUP:
        start = time.process_time()
    verifier.verify_dsse(Bundle.from_json(text), policy.UnsafeNoOp())
print((time.process_time() - start) / CALLS * 1000)
