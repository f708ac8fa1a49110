// SPDX-License-Identifier: Apache-2.0
using System.Text.Json.Serialization;

namespace Cagent.ControlPlane.Quarantine;

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true)]
[JsonSerializable(typeof(List<OperatorQuarantine>))]
internal sealed partial class QuarantineJson : JsonSerializerContext;
