// SPDX-License-Identifier: Apache-2.0
namespace Grpc.Core;

/// <summary>A method without its message types.</summary>
public interface IMethod
{
    /// <summary>The shape of its calls.</summary>
    MethodType Type { get; }

    /// <summary>The full name of its service, such as <c>grpc.health.v1.Health</c>.</summary>
    string ServiceName { get; }

    /// <summary>Its own name, such as <c>Check</c>.</summary>
    string Name { get; }

    /// <summary>The path of its calls, such as <c>/grpc.health.v1.Health/Check</c>.</summary>
    string FullName { get; }
}
