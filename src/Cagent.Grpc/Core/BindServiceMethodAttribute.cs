// SPDX-License-Identifier: Apache-2.0
namespace Grpc.Core;

/// <summary>Names the method that binds a generated service class. Written by the code generator.</summary>
/// <param name="bindType">The type that declares the method.</param>
/// <param name="bindMethodName">The name of the static method.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = false, Inherited = true)]
public sealed class BindServiceMethodAttribute(Type bindType, string bindMethodName) : Attribute
{
    /// <summary>The type that declares the method.</summary>
    public Type BindType { get; } = bindType;

    /// <summary>The name of the static method.</summary>
    public string BindMethodName { get; } = bindMethodName;
}
