// SPDX-License-Identifier: Apache-2.0
// Each test runs an Envoy and several measure time: one after the other on two cores.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
