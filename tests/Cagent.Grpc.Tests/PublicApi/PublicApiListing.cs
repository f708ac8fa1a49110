// SPDX-License-Identifier: Apache-2.0
using System.CodeDom.Compiler;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;
using Google.Protobuf;

namespace Cagent.Grpc.Tests.PublicApi;

/// <summary>The public surface of an assembly as text: one line for each type and member, sorted.</summary>
internal static class PublicApiListing
{
    private const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static string Of(Assembly assembly)
    {
        StringBuilder text = new();
        foreach (Type type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            if (IsGenerated(type))
            {
                text.Append("generated ").Append(Name(type)).Append('\n');
                continue;
            }

            text.Append(Describe(type)).Append('\n');
            foreach (string member in Members(type).Order(StringComparer.Ordinal))
            {
                text.Append("  ").Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>From protos: they are the contract, not the classes.</summary>
    private static bool IsGenerated(Type type) =>
        typeof(IMessage).IsAssignableFrom(type)
        || type.Name.EndsWith("Reflection", StringComparison.Ordinal)
        || type.GetMembers(Declared).Any(member => member.GetCustomAttribute<GeneratedCodeAttribute>() is not null)
        || (type.DeclaringType is { } outer && IsGenerated(outer))
        || (type.IsEnum && typeof(IMessage).IsAssignableFrom(type.DeclaringType?.DeclaringType));

    private static string Describe(Type type)
    {
        string kind = type switch
        {
            { IsInterface: true } => "interface",
            { IsEnum: true } => "enum",
            { IsValueType: true } => "struct",
            _ when typeof(Delegate).IsAssignableFrom(type) => "delegate",
            { IsAbstract: true, IsSealed: true } => "static class",
            { IsAbstract: true } => "abstract class",
            { IsSealed: true } => "sealed class",
            _ => "class",
        };
        IEnumerable<Type> bases = type.IsEnum || kind == "delegate"
            ? []
            : new[] { type.BaseType }.OfType<Type>().Where(one => one != typeof(object) && one != typeof(ValueType))
                .Concat(type.GetInterfaces().Except(type.BaseType?.GetInterfaces() ?? []).OrderBy(Name, StringComparer.Ordinal));
        string suffix = string.Join(", ", bases.Select(Name));
        return $"{kind} {Name(type)}{(suffix.Length > 0 ? " : " + suffix : "")}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        if (type.IsEnum)
        {
            return Enum.GetNames(type).Select(name => string.Create(CultureInfo.InvariantCulture, $"{name} = {Convert.ToInt64(Enum.Parse(type, name), CultureInfo.InvariantCulture)}"));
        }

        if (typeof(Delegate).IsAssignableFrom(type))
        {
            return [Describe(type.GetMethod("Invoke")!)];
        }

        return type.GetConstructors(Declared).Where(IsVisible).Select(constructor => $"{Access(constructor)}.ctor({Parameters(constructor)})")
            .Concat(type.GetMethods(Declared).Where(method => IsVisible(method) && !IsAccessor(method) && !IsCompilers(method)).Select(Describe))
            .Concat(type.GetProperties(Declared).Where(property => property.GetAccessors(true).Any(IsVisible) && !IsCompilers(property)).Select(Describe))
            .Concat(type.GetFields(Declared).Where(field => field.IsPublic || field.IsFamily).Select(field => $"{(field.IsStatic ? "static " : "")}field {Name(field.FieldType)} {field.Name}"));
    }

    private static string Describe(MethodInfo method)
    {
        string generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
        return $"{Access(method)}{Modifiers(method)}{Name(method.ReturnType)} {method.Name}{generic}({Parameters(method)})";
    }

    private static string Describe(PropertyInfo property)
    {
        MethodInfo visible = property.GetAccessors(true).First(IsVisible);
        IEnumerable<string> accessors = property.GetAccessors(true).Where(IsVisible).Select(accessor =>
            accessor == property.GetMethod ? "get" : accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init" : "set");
        string index = string.Join(", ", property.GetIndexParameters().Select(parameter => Name(parameter.ParameterType)));
        return $"{Access(visible)}{Modifiers(visible)}{Name(property.PropertyType)} {property.Name}{(index.Length > 0 ? $"[{index}]" : "")} {{ {string.Join("; ", accessors)} }}";
    }

    private static string Access(MethodBase method) => method.IsPublic ? "" : "protected ";

    private static string Modifiers(MethodInfo method) =>
        method.IsStatic ? "static "
        : method.DeclaringType!.IsInterface ? ""
        : method.IsAbstract ? "abstract "
        : method.GetBaseDefinition() != method ? "override "
        : method is { IsVirtual: true, IsFinal: false } ? "virtual "
        : "";

    private static bool IsVisible(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private static bool IsAccessor(MethodInfo method) => method.IsSpecialName && !method.Name.StartsWith("op_", StringComparison.Ordinal);

    private static bool IsCompilers(MemberInfo member) => member.GetCustomAttribute<CompilerGeneratedAttribute>() is not null || member.Name == "EqualityContract";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{(parameter.IsOut ? "out " : parameter.ParameterType.IsByRef ? "ref " : "")}{Name(parameter.ParameterType)} {parameter.Name}{(parameter.IsOptional ? " = " + (parameter.DefaultValue ?? "default") : "")}"));

    private static string Name(Type type)
    {
        if (type.IsByRef)
        {
            return Name(type.GetElementType()!);
        }

        if (type.IsArray)
        {
            return Name(type.GetElementType()!) + "[]";
        }

        if (type.IsGenericParameter)
        {
            return type.Name;
        }

        string plain = (type.DeclaringType is null ? $"{type.Namespace}." : $"{Name(type.DeclaringType)}.") + type.Name.Split('`')[0];
        Type[] arguments = type.GetGenericArguments();
        return arguments.Length == 0 || !type.Name.Contains('`', StringComparison.Ordinal) ? plain : $"{plain}<{string.Join(", ", arguments.Select(Name))}>";
    }
}
