"""What every worker of a test needs: read once, by the process that all of them come from."""

import googleapiclient.discovery
import httplib2
import httpx
import msal
import ortools.graph.python.min_cost_flow
import ortools.math_opt.python.mathopt
from google.oauth2 import service_account

import tests.faults.worker

__all__ = ("googleapiclient", "httplib2", "httpx", "msal", "ortools", "service_account", "tests")
